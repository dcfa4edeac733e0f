// Jest runs tests in a realm of their own, so what Node itself throws (a connection that breaks) is no Error to code under
// test, and libraries treat it as something unknown. In a real process there is one realm.
import { types } from 'node:util';

const isInstance = Function.prototype[Symbol.hasInstance];
Object.defineProperty(Error, Symbol.hasInstance, {
  value(thrown) {
    return isInstance.call(this, thrown) || (this === Error && types.isNativeError(thrown));
  },
});
