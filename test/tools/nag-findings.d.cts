export type Finding = { readonly rule: string; readonly resource: string; readonly text: string };

/** All findings of both packs of cdk-nag about a template, none acknowledged; `outdir` is the CDK's to write to. */
export function findFaults(templateFile: string, outdir: string): readonly Finding[];
