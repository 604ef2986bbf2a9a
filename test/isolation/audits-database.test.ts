import { modules } from '../../src/modules/index.ts';
import { moduleAudits } from './audits/index.ts';
import { auditIsolation } from './kit.ts';

auditIsolation({ modules, audits: moduleAudits, mode: 'DATABASE' });
