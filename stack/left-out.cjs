/** A plugin of esbuild: leaves out the modules that `custom.leftOut` of serverless.yml names for a function. */
const { parse } = require('node:path');

module.exports = ({ service }) => [
  {
    name: 'left-out',
    setup({ initialOptions }) {
      const { name } = parse(initialOptions.entryPoints[0]);
      const leftOut = service.custom.leftOut[name] ?? [];
      initialOptions.external = [...initialOptions.external, ...leftOut];
    },
  },
];
