/** `spotify-etl trigger`: its code is in trigger/. */
import { createTriggerCommand } from '../trigger/command.ts';
import { createHost } from './shared/host.ts';

export const command = createTriggerCommand(createHost(), (code) => {
  process.exitCode = code;
});
