import type { ChildProcess } from 'node:child_process';

/** Starts AWS's DynamoDB Local in memory; needs Java. */
export function spawn(options: { readonly port: number }): ChildProcess;
