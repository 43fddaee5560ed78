import { underFaults } from './under-faults.ts'

await underFaults('mariadb')
