// Runs commands of the Heroku CLI in turn, with its modules loaded once: `one_process.mjs PROGRAM`.
//
// Each line of the input is a command, each line of the output how it ended, both as JSON.
import {createReadStream} from 'node:fs'
import {createRequire, registerHooks} from 'node:module'
import {createInterface} from 'node:readline'
import {Readable} from 'node:stream'
import {pathToFileURL} from 'node:url'

const answer = process.stdout.write.bind(process.stdout)
let output = {}
const OWN = /\/node_modules\/(heroku\/dist|@heroku(-cli)?\/[^/]+)\/[^?]*\.js$/

// The CLI keeps these functions: they are replaced once, before its modules are loaded.
for (const name of ['stdout', 'stderr']) {
  process[name].write = (text, encoding, callback) => {
    output[name] += text
    const done = typeof encoding === 'function' ? encoding : callback
    if (done) process.nextTick(done)
    return true
  }
}

// The CLI's own modules remember answers of Heroku: each command gets new ones, which share only libraries.
let commands = 0
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    return OWN.test(found.url) ? {...found, url: `${found.url}?${commands}`} : found
  },
})

const [program] = process.argv.slice(2)
const {execute} = createRequire(program)('@oclif/core')

// Each command and each rendered table adds listeners for the end of its process and of its output.
for (const each of [process, process.stdout, process.stderr]) each.setMaxListeners(0)

function become({words, folder, environment}) {
  // Modules keep a reference to the object.
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, environment)
  process.chdir(folder)
  process.argv = [process.execPath, program, ...words]
  process.exitCode = undefined
  const input = Readable.from([])
  Object.defineProperty(process, 'stdin', {configurable: true, get: () => input})
}

function ended(order) {
  return new Promise(resolve => {
    commands += 1
    output = {stdout: '', stderr: ''}
    const end = code => resolve({exit_code: code ?? process.exitCode ?? 0, ...output})
    process.exit = code => {
      end(code)
      throw new Error('the command has ended')
    }

    become(order)
    // A process would end with its last event; the command's last lines come before the next one.
    execute({args: order.words, dir: pathToFileURL(program).href}).then(() => setImmediate(end), () => end(1))
  })
}

for await (const line of createInterface({input: createReadStream('', {fd: 0})})) {
  answer(`${JSON.stringify(await ended(JSON.parse(line)))}\n`)
}
