using System.Buffers;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Takes the last token off a prompt and has the continuation begin with its text: a prompt that ends inside a word, or in ":" where the model
/// knows "://", otherwise asks for what never follows that token (Lundberg, "The art of prompt design", 2023).
/// </summary>
public static class TokenHealing
{
    /// <summary>Heals a prompt.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="trie">Its vocabulary.</param>
    /// <param name="prompt">The prompt's tokens.</param>
    /// <param name="stopTokens">Tokens that end a generation.</param>
    /// <param name="grammar">What the continuation must be after the prompt's text; null for any text.</param>
    /// <returns>The shorter prompt and the constraint; the prompt as it is and the grammar's constraint where its last token has no text.</returns>
    public static (int[] Prompt, GrammarConstraint? Constraint) Heal(
        Tokenizer tokenizer, TokenTrie trie, ReadOnlySpan<int> prompt, IReadOnlyList<int> stopTokens, Grammar? grammar = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(trie);
        var bytes = new ArrayBufferWriter<byte>();
        bool atTextStart = false;
        if (prompt.Length > 1)
            tokenizer.AppendBytes(prompt[^1], ref atTextStart, includeSpecial: false, bytes);
        if (bytes.WrittenCount == 0)
            return (prompt.ToArray(), grammar is null ? null : new GrammarConstraint(grammar.For(trie), stopTokens));
        byte[] prefix = bytes.WrittenSpan.ToArray();
        Grammar healed = grammar is null ? Grammar.FromPrefix(prefix) : grammar.After(new BytesPattern(prefix));
        return (prompt[..^1].ToArray(), new GrammarConstraint(healed.For(trie), stopTokens));
    }
}
