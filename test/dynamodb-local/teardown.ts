/** Jest loads set-up and tear-down apart; what they share is global. */
import './setup.ts';

export default async function tearDown(): Promise<void> {
  await globalThis.dynamodbLocal?.close();
}
