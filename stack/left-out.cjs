/**
 * Plugins of esbuild: leave out the modules that `custom.leftOut` of serverless.yml names for a function, and all but the version
 * of a client's package.json.
 */
const { parse } = require('node:path');

module.exports = ({ service }) => [
  {
    name: 'left-out',
    setup({ initialOptions, onLoad }) {
      const { name } = parse(initialOptions.entryPoints[0]);
      const leftOut = service.custom.leftOut[name] ?? [];
      initialOptions.external = [...initialOptions.external, ...leftOut];
      onLoad({ filter: /@aws-sdk[/]client-[^/]+[/]package[.]json$/ }, ({ path }) => {
        const { version } = require(path);
        return { loader: 'json', contents: JSON.stringify({ version }) };
      });
    },
  },
];
