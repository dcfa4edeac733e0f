import type { Command } from 'commander';
import { createExportCommand } from './export.ts';
import { createPlaylistsCommand } from './playlists.ts';

/** Every command but the trigger, in the order of the help. */
export function createCommands(): Command[] {
  return [createPlaylistsCommand(), createExportCommand()];
}
