using System.Text;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Chat;

/// <summary>The tokens that end an answer. A model ends its turns with another token than its texts.</summary>
internal static class ChatStopTokens
{
    private static readonly string[] s_keys = ["tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"];

    // Control tokens that end a turn wherever they are in a vocabulary.
    private static readonly string[] s_texts =
    [
        "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|eot|>", "<|eom|>", "<|end_of_text|>", "<|endoftext|>", "<|end|>", "<|return|>", "<|call|>",
        "<end_of_turn>", "<|end_of_turn|>", "<|END_OF_TURN_TOKEN|>", "<|assistant_end|>", "<｜end▁of▁sentence｜>", "<EOT>",
        "[e~[", "<|user|>", "<|observation|>",
    ];

    /// <summary>Ids of the tokens.</summary>
    /// <param name="file">Where the model names some.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="format">What the model's answers look like.</param>
    public static IReadOnlyList<int> Find(GgufFile file, Tokenizer tokenizer, ChatFormat format)
    {
        var ids = new SortedSet<int>();
        if (tokenizer.EosId is { } eos)
            ids.Add(eos);
        foreach (string key in s_keys)
        {
            if (file.Metadata.TryGetInt64(key, out long id) && id >= 0 && id < tokenizer.VocabularySize)
                ids.Add((int)id);
        }

        foreach (string text in s_texts.Except(format.NeverStopAt))
        {
            int id = tokenizer.Vocabulary.Find(Encoding.UTF8.GetBytes(text));
            if (id >= 0 && tokenizer.Vocabulary.Type(id) == TokenType.Control)
                ids.Add(id);
        }

        return [.. ids];
    }
}
