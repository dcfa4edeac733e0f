/** A plugin of esbuild, once per bundle: a function also leaves out what `custom.leftOut` of serverless.yml names for it. */
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
