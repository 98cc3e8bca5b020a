using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Models;

/// <summary>What a model is, read from its file without opening it on a device.</summary>
public sealed record ModelCard
{
    /// <summary>Architecture, sizes and constants.</summary>
    public required ModelConfiguration Configuration { get; init; }

    /// <summary>Numbers in all tensors.</summary>
    public required long Parameters { get; init; }

    /// <summary>The storage types there are, most bytes first.</summary>
    public required IReadOnlyList<TypeShare> Types { get; init; }

    /// <summary>The kernels that do most of the work.</summary>
    public required IReadOnlyList<KernelUse> Kernels { get; init; }

    /// <summary>Bits a number.</summary>
    public double BitsPerParameter => 8.0 * Types.Sum(type => type.Bytes) / Math.Max(1, Parameters);

    /// <summary>Reads a card.</summary>
    /// <param name="file">The model.</param>
    /// <param name="device">The kind of device it would run on.</param>
    /// <param name="options">How it would be opened.</param>
    /// <exception cref="InvalidModelException">The file is no model that can be run.</exception>
    public static ModelCard Read(GgufFile file, DeviceKind device = DeviceKind.Cpu, ModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        options ??= new ModelOptions();
        ModelConfiguration model = ModelConfiguration.Read(file, options.Architectures);
        TypeShare[] types = [.. file.Tensors.GroupBy(tensor => tensor.Type)
            .Select(group => new TypeShare(group.Key, group.Count(), group.Sum(tensor => tensor.ElementCount), group.Sum(tensor => tensor.ByteLength)))
            .OrderByDescending(share => share.Bytes)];
        bool packs = options.Activations == ActivationRounding.Int8 && device is DeviceKind.Cpu or DeviceKind.Cuda;
        GgmlType[] multiplied = [.. file.Tensors.Where(tensor => tensor.Rank > 1).Select(tensor => tensor.Type).Distinct().Order()];
        return new ModelCard
        {
            Configuration = model,
            Parameters = types.Sum(type => type.Elements),
            Types = types,
            Kernels = [.. multiplied.Select(type => Product(type, packs)), new KernelUse($"attention, head dim {model.HeadDim}, cache {options.Cache.ToElement().Name}", "FlashAttention", "FlashDecode, CombineSplits")],
        };
    }

    private static KernelUse Product(GgmlType type, bool packs) => !WeightFormats.IsSupported(type)
        ? new KernelUse($"{type} weights", "none: the type cannot be multiplied", "none")
        : packs && TensorCodecs.TryGet(type) is { IsQuantized: true }
            ? new KernelUse($"{type} weights, in panels, by activations in 8 bits", $"MatMulInt8<{type}>", $"MatVecInt8<{type}>")
            : new KernelUse($"{type} weights", $"MatMul<{type}>", $"MatVec<{type}>");

    /// <summary>Tensors of one storage type.</summary>
    /// <param name="Type">The type.</param>
    /// <param name="Tensors">How many tensors.</param>
    /// <param name="Elements">Numbers in them.</param>
    /// <param name="Bytes">Their bytes.</param>
    public sealed record TypeShare(GgmlType Type, int Tensors, long Elements, long Bytes);

    /// <summary>Kernels that do one kind of work.</summary>
    /// <param name="Work">The work.</param>
    /// <param name="Prefill">The kernel for several tokens.</param>
    /// <param name="Decode">The kernels for one.</param>
    public sealed record KernelUse(string Work, string Prefill, string Decode);
}
