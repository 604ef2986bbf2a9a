import { mongo } from 'mongoose';
import { expect, test } from 'vitest';
import { Circuit } from '../../src/mongo/circuit.ts';
import { eventually } from '../support/eventually.ts';

/** A client that is told by hand what its monitors find out, and what its circuit made of it. */
function circuitOf(address: string) {
  const client = new mongo.MongoClient(`mongodb://${address}`);
  const told: string[] = [];
  const circuit = new Circuit(client, {
    onOpen: (addresses) => void told.push(`open ${addresses.join()}`),
    onClose: (addresses) => void told.push(`close ${addresses.join()}`),
  });
  const find = (isWritable: boolean) =>
    client.emit('topologyDescriptionChanged', {
      newDescription: { servers: new Map([[address, { isWritable }]]) },
    } as unknown as mongo.TopologyDescriptionChangedEvent);
  return { circuit, find, told };
}

test('an answer that came a moment late opens nothing; none at all does, until one comes', async () => {
  const [busy, silent] = [circuitOf('busy.example:1'), circuitOf('silent.example:2')];
  for (const { find } of [busy, silent]) {
    find(true);
    find(false);
  }
  busy.find(true);
  await eventually(() => expect(silent.told).toEqual(['open silent.example:2']));
  expect(() => silent.circuit.requireClosed()).toThrow('no server of silent.example:2 answers');
  expect(() => busy.circuit.requireClosed()).not.toThrow();
  expect(busy.told).toEqual([]);
  silent.find(true);
  expect(() => silent.circuit.requireClosed()).not.toThrow();
  expect(silent.told).toEqual(['open silent.example:2', 'close silent.example:2']);
});

test('a cluster that has never answered is not refused: its first commands find out', async () => {
  const { circuit, find } = circuitOf('new.example:3');
  const other = circuitOf('other.example:4');
  find(false);
  other.find(true);
  other.find(false);
  await eventually(() => expect(other.circuit.isOpen).toBe(true));
  expect(circuit.isOpen).toBe(false);
});
