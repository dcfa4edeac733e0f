/** What AWS would refuse about the definition of a state machine. */
export function findFaults(definition: object): readonly string[];
