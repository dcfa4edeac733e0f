export { openBucket, type S3Object } from '../stores/s3/bucket.ts';
