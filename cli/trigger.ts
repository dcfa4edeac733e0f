/** `spotify-etl trigger`: what cron starts. All of it is in trigger/. */
import type { Command } from 'commander';
import { createTriggerCommand } from '../trigger/command.ts';
import { createHost } from './shared/host.ts';

/** The command, to be added to a program. */
export function createCommand(): Command {
  return createTriggerCommand(createHost(), (code) => {
    process.exitCode = code;
  });
}
