using static KernelFoundry.Inference.Decoding.OptionKinds;

namespace KernelFoundry.Inference.Decoding;

/// <summary>Options of guidance.</summary>
internal static class GuidanceRows
{
    private static readonly OptionRows<GuidanceOptions> s_rows = new(r => r.Guidance, (r, part) => r with { Guidance = part });

    public static DecodingOptionGroup Group { get; } = new("Guidance, at the cost of a second pass",
    [
        s_rows.Row("guidance", Number, "S", "guidance", "Move each logit by S times its distance from that of a second pass.", o => o.Scale, (o, x) => o with { Scale = x }),
        s_rows.Row("negative_prompt", Text, "TEXT", "guidance", "What the second pass continues, with the same text behind it; in a chat its system message.", o => o.NegativePrompt, (o, text) => o with { NegativePrompt = text }),
        s_rows.Row("amateur_model", OptionKinds.Model, "FILE", "contrastive-decoding", "A weaker model of the same vocabulary for the second pass.", o => o.Amateur, (o, model) => o with { Amateur = model },
            notInRequests: "requests name no files"),
        s_rows.Row("plausibility", Number, "P", "contrastive-decoding", "Ban tokens less probable than P times the best before guidance.", o => o.Plausibility, (o, x) => o with { Plausibility = x }),
    ]);
}
