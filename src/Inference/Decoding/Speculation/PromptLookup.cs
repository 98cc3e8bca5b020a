namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Drafts what followed the last tokens where they occurred before, in the prompt or in what was generated (Saxena, "Prompt Lookup Decoding", 2023).
/// Needs no model: good where texts repeat their sources, as summaries, edits and code do.
/// </summary>
/// <param name="Tokens">Tokens to draft on a path.</param>
/// <param name="LongestMatch">Last tokens to look for; fewer where those have not occurred.</param>
/// <param name="ShortestMatch">The fewest last tokens that count as a match.</param>
/// <param name="Paths">Occurrences to continue from, the last ones first: more than one makes a tree.</param>
public sealed record PromptLookup(int Tokens = 8, int LongestMatch = 4, int ShortestMatch = 1, int Paths = 1) : DraftMethod
{
    /// <inheritdoc/>
    public override IDrafter Begin(int vocabulary, DecodingPipeline pipeline, int capacity)
    {
        Validate(vocabulary);
        return new Drafter(this);
    }

    /// <inheritdoc/>
    public override void Validate(int vocabulary)
    {
        Require(Tokens >= 1, nameof(Tokens), Tokens, "1 or more");
        Require(ShortestMatch >= 1, nameof(ShortestMatch), ShortestMatch, "1 or more");
        Require(LongestMatch >= ShortestMatch, nameof(LongestMatch), LongestMatch, $"{nameof(ShortestMatch)}, {ShortestMatch}, or more");
        Require(Paths >= 1, nameof(Paths), Paths, "1 or more");
    }

    private sealed class Drafter(PromptLookup method) : IDrafter
    {
        public void Draft(DraftRequest request, TokenTree tree)
        {
            ReadOnlySpan<int> tokens = request.Tokens.Span;
            int paths = 0;
            for (int length = Math.Min(method.LongestMatch, tokens.Length - 1); length >= method.ShortestMatch; length--)
            {
                ReadOnlySpan<int> last = tokens[^length..];
                int end = tokens.Length - 1;
                while (end > 0 && tokens[..end].LastIndexOf(last) is >= 0 and var at)
                {
                    AddPath(tokens[(at + length)..], tree);
                    if (++paths == method.Paths)
                        return;
                    end = at + length - 1;
                }
            }
        }

        public void Dispose()
        {
        }

        private void AddPath(ReadOnlySpan<int> next, TokenTree tree)
        {
            int node = 0;
            for (int i = 0; i < Math.Min(next.Length, method.Tokens) && node >= 0; i++)
                node = tree.FindChild(node, next[i]) is >= 0 and var known ? known : tree.Add(node, next[i]);
        }
    }
}
