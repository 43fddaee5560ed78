import type { Arguments, CommandSpec, OptionSpec, OptionValues } from './arguments.ts'
import { readArguments } from './arguments.ts'
import type { CommandStreams } from './token.ts'

/** What a command may touch besides its arguments. */
export interface CommandIo extends CommandStreams {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder of the shipped mappings. */
  readonly mappings: string
}

/** Runs with the arguments after its name; resolves with the exit code. Rejects with BridgeError. */
export type Command = (argv: readonly string[], io: CommandIo) => Promise<number>

/** A command from what its arguments look like and what it does. */
export const command =
  <O extends Readonly<Record<string, OptionSpec>>>(
    spec: CommandSpec<O>,
    run: (options: OptionValues<O>, operands: readonly string[], io: CommandIo) => Promise<void>,
  ): Command =>
  async (argv, io) => {
    const read: Arguments<O> = readArguments(spec, argv)
    switch (read.kind) {
      case 'help':
        io.print(read.text)
        return 0
      case 'wrong':
        io.complain(read.text)
        return 2
      case 'run':
        await run(read.options, read.operands, io)
        return 0
    }
  }
