namespace KernelFoundry.Corpus.Stories;

/// <summary>A story and what can be asked about it.</summary>
/// <param name="Key">Its plot and who and what it is about (<see cref="Splits"/>).</param>
/// <param name="Title">What it is asked for by, as in "Tell me a story about ...".</param>
/// <param name="Text">The story.</param>
/// <param name="Questions">Questions that the story answers, with the answers' sentences.</param>
public sealed record Story(string Key, string Title, string Text, IReadOnlyList<Exercise> Questions);
