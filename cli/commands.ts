/** The commands that bring the AWS SDK or other large packages: loaded together, and only when one of them may be meant. */
import type { Command } from 'commander';
import { createDeployCheckCommand } from './deploy-check.ts';
import { createDoctorCommand } from './doctor.ts';
import { createExportCommand } from './export.ts';
import { createLoginCommand } from './login.ts';
import { createLogoutCommand } from './logout.ts';
import { createPlaylistsCommand } from './playlists.ts';
import { createVerifyCommand } from './verify.ts';

/** One of each, in the order of the help. */
export function createCommands(): Command[] {
  return [
    createLoginCommand(),
    createLogoutCommand(),
    createDoctorCommand(),
    createDeployCheckCommand(),
    createPlaylistsCommand(),
    createExportCommand(),
    createVerifyCommand(),
  ];
}
