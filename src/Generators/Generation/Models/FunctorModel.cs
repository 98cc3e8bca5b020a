namespace KernelFoundry.Generators.Generation.Models;

/// <summary>A functor struct of this compilation, for one interface.</summary>
internal sealed record FunctorModel
{
    /// <summary>Full metadata name.</summary>
    public required string Name { get; init; }

    public required string Interface { get; init; }

    /// <summary>The type as C# code names it.</summary>
    public required string Type { get; init; }

    public required bool IsPublic { get; init; }

    /// <summary>Stored fields in order of declaration.</summary>
    public required EquatableArray<string> Fields { get; init; }

    public required string IrText { get; init; }

    /// <summary>The methods' adjoints in C#, where methods have them.</summary>
    public required EquatableArray<AdjointModel> Adjoints { get; init; }
}

/// <summary>An adjoint of a functor's method: its name and the statements of its managed body.</summary>
internal sealed record AdjointModel(string Name, string Body);

/// <summary>The default methods of a functor interface of this compilation.</summary>
internal sealed record FunctorDefaults(string Interface, bool IsPublic, string IrText);

/// <summary>A device function of this compilation that other assemblies can call.</summary>
internal sealed record DeviceFunctionModel(string Name, string IrText);

/// <summary>A quantization format of this compilation.</summary>
internal sealed record FormatModel(string Name, string Type, bool IsPublic, string IrText);
