/** Sends events to EventBridge's default bus, and mails to topics of SNS. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Mail } from './sync-digest.ts';
import type { SyncEvent } from './sync-notices.ts';

export type NewsSender = {
  /** @throws Error where one of them was not taken */
  readonly putEvents: (events: readonly SyncEvent[]) => Promise<void>;
  readonly publish: (topicArn: string, mail: Mail) => Promise<void>;
};

const SOURCE = 'spotify-etl';
/** EventBridge takes so many a call. */
const MAX_EVENTS = 10;
const CLIENT = {
  maxAttempts: 3,
  retryMode: 'standard',
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    throwOnRequestTimeout: true,
  },
} as const;

export function createNewsSender(): NewsSender {
  const bus = new EventBridgeClient(CLIENT);
  const sns = new SNSClient(CLIENT);
  return {
    putEvents: async (events) => {
      for (let at = 0; at < events.length; at += MAX_EVENTS) {
        const Entries = events.slice(at, at + MAX_EVENTS).map(({ detail, type }) => ({
          Source: SOURCE,
          DetailType: type,
          Detail: JSON.stringify(detail),
        }));
        const { FailedEntryCount = 0 } = await bus.send(new PutEventsCommand({ Entries }));
        if (FailedEntryCount > 0) {
          throw new Error(
            `EventBridge did not take ${FailedEntryCount} of ${Entries.length} events.`,
          );
        }
      }
    },
    publish: async (TopicArn, { subject: Subject, text: Message }) => {
      await sns.send(new PublishCommand({ TopicArn, Subject, Message }));
    },
  };
}
