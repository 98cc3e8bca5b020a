using System.Buffers;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Generation;

/// <summary>What becomes of a generation's tokens: text, until a stop token or a stop string.</summary>
internal sealed class GenerationText
{
    private readonly IReadOnlyList<int> _stopTokens;
    private readonly StopStringMatcher _stops;
    private readonly StreamingDecoder _decoder;

    public GenerationText(LanguageModel model, ReadOnlySpan<int> prompt, GenerationOptions options)
    {
        _stopTokens = options.StopTokensOf(model.Tokenizer);
        _stops = new StopStringMatcher(options.StopStrings);
        _decoder = new StreamingDecoder(model.Tokenizer, IsAtTextStart(model.Tokenizer, prompt), options.IncludeSpecial);
    }

    /// <summary>Tokens that end the generation.</summary>
    public IReadOnlyList<int> StopTokens => _stopTokens;

    /// <summary>Whether a stop string has been found.</summary>
    public bool IsStopped => _stops.IsStopped;

    /// <summary>The text that is certain after a token.</summary>
    public string Append(int token) => _stops.Append(_decoder.Append(token));

    /// <summary>The text that was held back.</summary>
    public string Flush() => _stops.Append(_decoder.Flush()) + _stops.Flush();

    // A space put before a text when encoding is removed only where the text begins.
    private static bool IsAtTextStart(Tokenizer tokenizer, ReadOnlySpan<int> prompt)
    {
        bool atTextStart = true;
        var text = new ArrayBufferWriter<byte>();
        foreach (int token in prompt)
            tokenizer.AppendBytes(token, ref atTextStart, includeSpecial: false, text);
        return atTextStart;
    }
}
