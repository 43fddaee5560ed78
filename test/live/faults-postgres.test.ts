import { underFaults } from './under-faults.ts'

await underFaults('postgres')
