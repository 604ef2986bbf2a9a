import { auditMode } from './audit-mode.ts';

auditMode('DATABASE');
