/** The one place that loads the validator of Amazon States Language. */
const validate = require('asl-validator');

exports.findFaults = (definition) =>
  validate(definition).errors.map((error) => JSON.stringify(error));
