using System.CommandLine;
using System.Globalization;
using KernelFoundry.Inference.Adapters;
using KernelFoundry.Inference.Hooks;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary>What --device takes.</summary>
    public static IReadOnlyList<string> DeviceKinds { get; } = ["auto", "cpu", "opencl", "cuda", "reference"];

    private static readonly Dictionary<string, CacheElement> s_cacheTypes = new()
    {
        ["f32"] = CacheElement.Float,
        ["f16"] = CacheElement.Half,
        ["bf16"] = CacheElement.BFloat16,
        ["q8_0"] = CacheElement.Q8_0,
    };

    private static readonly Dictionary<string, ActivationRounding> s_activations = new()
    {
        ["int8"] = ActivationRounding.Int8,
        ["float"] = ActivationRounding.None,
    };

    public static Option<string> Model() => new("--model") { Description = "The GGUF file, or a folder with safetensors, config.json and a tokenizer.", Required = true, HelpName = "FILE" };

    public static Option<string> Tokenizer() => new("--model")
    {
        Description = "A GGUF file, a tokenizer.json, a SentencePiece tokenizer.model, or a folder with one of them.",
        Required = true,
        HelpName = "FILE",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object." };

    public static Option<string> Device()
    {
        var option = new Option<string>("--device")
        {
            Description = "Where to run. auto takes an OpenCL GPU if there is one, else the CPU; cuda, which has never run on a GPU yet, only when named.",
            DefaultValueFactory = _ => "auto",
        };
        option.AcceptOnlyFromAmong([.. DeviceKinds]);
        return option;
    }

    public static Option<string> CacheType()
    {
        var option = new Option<string>("--cache-type")
        {
            Description = "Element type of the KV cache. q8_0 takes models whose head dim is a multiple of 32.",
            DefaultValueFactory = _ => NameOf(new ModelOptions().Cache),
        };
        option.AcceptOnlyFromAmong([.. s_cacheTypes.Keys]);
        return option;
    }

    public static Option<string> Activations()
    {
        var option = new Option<string>("--activations")
        {
            Description = "What activations are when they meet quantized weights on the cpu device: rounded to 8 bits, which is faster, or as they are.",
            DefaultValueFactory = _ => s_activations.Single(type => type.Value == new ModelOptions().Activations).Key,
        };
        option.AcceptOnlyFromAmong([.. s_activations.Keys]);
        return option;
    }

    public static Option<bool> BatchInvariant() => new("--batch-invariant")
    {
        Description = "The same bits from a token alone and from many at once. Costs speed where weights are neither Q8_0 nor Q4_0.",
    };

    /// <summary>What --cache-type and --activations ask for.</summary>
    public static ModelOptions Options(ParseResult parsed, Option<string> cacheType, Option<string> activations) => new()
    {
        Cache = s_cacheTypes[parsed.GetRequiredValue(cacheType)],
        Activations = s_activations[parsed.GetRequiredValue(activations)],
    };

    public static Option<string[]> Lora() => new("--lora")
    {
        Description = "A LoRA adapter: a GGUF file, or a folder with adapter_config.json; =S after it scales what it adds. May be given several times.",
        HelpName = "PATH[=S]",
    };

    public static Option<bool> MergeLora() => new("--merge-lora")
    {
        Description = "Add the adapters to the weights when the model is opened: nothing is slower then, and quantized weights become F16.",
    };

    /// <summary>What --lora and --merge-lora ask for, besides other options.</summary>
    public static ModelOptions WithAdapters(ModelOptions options, ParseResult parsed, Option<string[]> lora, Option<bool> merge) => options with
    {
        Adapters = [.. (parsed.GetValue(lora) ?? []).Select(ScaledPath).Select(each => new AdapterReference(each.Path, each.Scale))],
        MergesAdapters = parsed.GetValue(merge),
    };

    public static Option<string[]> ControlVectors() => new("--control-vector")
    {
        Description = "Steer the model by the control vectors of a GGUF file; =S after it scales them. May be given several times.",
        HelpName = "FILE[=S]",
    };

    /// <summary>What --control-vector asks for, at work until it is disposed of; null where there is none.</summary>
    /// <exception cref="ModelFileException">A file cannot be read.</exception>
    public static LayerHooks? Steer(LanguageModel model, ParseResult parsed, Option<string[]> option)
    {
        if (parsed.GetValue(option) is not { Length: > 0 } files)
            return null;
        return new LayerHooks(model.Transformer, [.. files.Select(ScaledPath).SelectMany(each => Opening.ControlVectors(each.Path, model.Configuration, each.Scale))]);
    }

    // A path may have an equals sign of its own; a scale is what is a number after the last.
    private static (string Path, float Scale) ScaledPath(string text)
    {
        int at = text.LastIndexOf('=');
        return at > 0 && float.TryParse(text[(at + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out float scale) && float.IsFinite(scale)
            ? (text[..at], scale)
            : (text, 1);
    }

    /// <summary>What --cache-type calls an element type.</summary>
    public static string NameOf(CacheElement cache) => s_cacheTypes.Single(type => type.Value == cache).Key;

    public static Option<int?> Threads() => new("--threads")
    {
        Description = "Threads of the cpu device; by default one a processor. Other devices take no notice.",
        HelpName = "N",
    };
}
