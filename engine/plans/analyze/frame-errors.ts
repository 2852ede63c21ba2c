/** What goes wrong with `df["x"]` where df is not the frame at hand. */
import { AnalysisError } from '../errors.ts'
import type { Attribute, Resolved } from '../resolved.ts'
import { attributeText } from './sql-text.ts'

export const ambiguousSelfJoin = (list: Extract<Resolved, { k: 'attr' }>[]) => {
  const names = list.map((a) => attributeText(a)).join(', ')
  const e = new AnalysisError('_LEGACY_ERROR_TEMP_1182', `Column ${names} are ambiguous. It's probably because you joined several Datasets together, and some of these Datasets are the same. This column points to one of the Datasets but Spark is unable to figure out which one. Please alias the Datasets with different names via \`Dataset.as\` before joining them, and specify the column using qualified name, e.g. \`df.as("a").join(df.as("b"), $"a.id" > $"b.id")\`. You can also set spark.sql.analyzer.failAmbiguousSelfJoin to false to disable this check.`, '42000')
  e.message = e.message.replace(/^\[_LEGACY_ERROR_TEMP_1182\] /, '').replace(/ SQLSTATE: 42000$/, '')
  return e
}

/** `df["x"]` where df's x is not among the input's columns. */
export class MissingFrameColumn extends Error {
  readonly column: Extract<Resolved, { k: 'attr' }>
  readonly input: readonly Attribute[]
  constructor(column: Extract<Resolved, { k: 'attr' }>, input: readonly Attribute[]) {
    super(column.name)
    this.column = column
    this.input = input
  }

  toError(operator: string): AnalysisError {
    const inputText = this.input.map((a) => `"${a.name}"`).join(', ')
    const again = this.input.some((a) => a.name.toLowerCase() === this.column.name.toLowerCase())
    const shown = `!${operator} [${attributeText(this.column)}]`
    return again
      ? new AnalysisError('MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_APPEAR_IN_OPERATION', `Resolved attribute(s) "${this.column.name}" missing from ${inputText} in operator ${shown}. Attribute(s) with the same name appear in the operation: "${this.column.name}".\nPlease check if the right attribute(s) are used.`, 'XX000')
      : new AnalysisError('MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT', `Resolved attribute(s) "${this.column.name}" missing from ${inputText} in operator ${shown}.`, 'XX000')
  }
}
