namespace KernelFoundry.Kernels.Tests;

/// <summary>The library's OpenCL C, as it is and with something before it.</summary>
internal static unsafe class OpenClTexts
{
    /// <summary>The variants of a kernel, by class and name, or of all.</summary>
    public static IEnumerable<(string Kernel, KernelVariant Variant)> Variants(string? kernel = null) =>
        KernelRegistry.Definitions.Where(definition => definition.Name.StartsWith("KernelFoundry.Kernels.", StringComparison.Ordinal)
                && (kernel is null || definition.Name == $"KernelFoundry.Kernels.{kernel}"))
            .SelectMany(definition => definition.Variants, (definition, variant) => (definition.Name.Split('.')[^1], variant));

    /// <summary>A kernel of one variant's text, behind a prologue.</summary>
    public static KernelVariantSet Behind(string prologue, KernelVariant variant)
    {
        OpenClCode code = variant.OpenCl!;
        var definition = new KernelDefinition
        {
            Name = $"{code.EntryPoint}.{Guid.NewGuid():N}",
            ClassName = nameof(OpenClTexts),
            Families = [new("", () => [new() { TypeKey = "", MakeOpenCl = () => new OpenClCode($"{prologue}\n{code.Source}", code.EntryPoint, code.Plan) }])],
        };
        return KernelRegistry.Find(definition, "");
    }

    /// <summary>The OpenCL device, of which every build that tests OpenCL has one.</summary>
    public static Device Open()
    {
        if (!Device.Enumerate().Any(info => info is { Kind: DeviceKind.OpenCl, IsAvailable: true }))
            Assert.Skip("There is no OpenCL device.");
        return Device.Open(new DeviceOptions { Kind = DeviceKind.OpenCl });
    }
}
