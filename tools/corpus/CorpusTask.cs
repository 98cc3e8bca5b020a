namespace KernelFoundry.Corpus;

/// <summary>A question with a score: one line of a task file.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Check">
/// How the answer is judged: <c>last-number</c> (the last number of the answer is the expected one), <c>json</c> (the answer is JSON, equal to the expected
/// one), <c>exact</c> (the answer is the expected text).
/// </param>
/// <param name="Prompt">What the model continues.</param>
/// <param name="Expected">What is right.</param>
public sealed record CorpusTask(string Task, string Check, string Prompt, string Expected);
