export { type OpenObject, openBucket, type S3Object } from '../stores/s3/bucket.ts';
export { createObjectStore } from '../stores/s3/object-store.ts';
