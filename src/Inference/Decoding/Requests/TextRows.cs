using KernelFoundry.Inference.Generation;
using static KernelFoundry.Inference.Decoding.OptionKinds;

namespace KernelFoundry.Inference.Decoding;

/// <summary>Options of what is generated at all.</summary>
internal static class TextRows
{
    private static readonly OptionRows<GenerationOptions> s_rows = new(r => r.Generation, (r, part) => r with { Generation = part });

    public static DecodingOptionGroup Length { get; } = new("Length and end",
    [
        s_rows.Row("max_tokens", Count, "N", "length", "Most tokens to generate.", o => o.MaxTokens, (o, n) => o with { MaxTokens = n }, chat: "MaxOutputTokens"),
        SamplingRows.Rows.Row("min_tokens", Count, "N", "length", "Least tokens to generate: those that end the text are banned until then.",
            o => o.MinimumLength, (o, n) => o with { MinimumLength = n }),
        SamplingRows.Rows.Row("end_after", OptionalCount, "N", "length", "Allow only tokens that end the text once N are generated, so that the model's own end closes it.",
            o => o.MaximumLength, (o, n) => o with { MaximumLength = n }),
        s_rows.Row("stop", Texts, "TEXT", "stop", "End the text before this.", o => o.StopStrings, (o, texts) => o with { StopStrings = texts }, chat: "StopSequences"),
        s_rows.Row("stop_tokens", OptionalTokens, "TOKEN", "stop", "End the text at this token, by id or text, in place of the model's own end.",
            o => o.StopTokens, (o, tokens) => o with { StopTokens = tokens }, flag: "--stop-token"),
        s_rows.Row("include_special", Switch, "", "stop", "Print control tokens the model generates as their texts.", o => o.IncludeSpecial, (o, x) => o with { IncludeSpecial = x },
            notInChat: "an answer's markers are read as thoughts and calls"),
    ]);

    public static DecodingOptionGroup Measures { get; } = new("Measures",
    [
        s_rows.Row("logprobs", OptionalCount, "N", "log-probabilities", "Log-probabilities of each token and of the N most probable ones, before and after the pipeline; on a command line with --json.",
            o => o.LogProbabilities, (o, n) => o with { LogProbabilities = n }),
    ]);
}
