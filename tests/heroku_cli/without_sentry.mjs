// The CLI imports all of Sentry, two thirds of its modules, even if DISABLE_TELEMETRY is set.
import {registerHooks} from 'node:module'

const nothing = encodeURIComponent(
  'export const {captureException, flush, getClient, init} = new Proxy({}, {get: () => () => {}})',
)

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@sentry/node'
      ? {url: `data:text/javascript,${nothing}`, format: 'module', shortCircuit: true}
      : next(specifier, context),
})
