import { served } from '../wire/playground.ts'
import { holdConversations } from './conversations.ts'

holdConversations(() => served('conformance-sqlite', { empty: true, profile: 'tolerant' }))
