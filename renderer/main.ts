import { mount } from 'svelte'
import './styles/tokens.css'
import './styles/base.css'
import { getLab } from './lab/client.ts'
import { LabStore } from './state/lab.svelte.ts'
import { theme } from './state/theme.svelte.ts'
import App from './App.svelte'

theme.choose(theme.choice)

const api = getLab()
const lab = new LabStore(api)
api.connection((state) => lab.connection(state === 'connected'))

const target = document.getElementById('app')
if (target) mount(App, { target, props: { lab } })
