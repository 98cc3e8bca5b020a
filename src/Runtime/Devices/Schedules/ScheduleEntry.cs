namespace KernelFoundry;

/// <summary>One tuned value: of a parameter of a kernel, for one choice of type arguments, on one machine.</summary>
/// <param name="Machine">Where it was measured.</param>
/// <param name="Kernel">The kernel's full name.</param>
/// <param name="Types">Element names and full names of functors, joined by commas; empty for a kernel without type parameters.</param>
/// <param name="Parameter">The schedule parameter.</param>
/// <param name="Value">Its value.</param>
public sealed record ScheduleEntry(ScheduleMachine Machine, string Kernel, string Types, string Parameter, int Value)
{
    /// <summary>Says why the entry cannot be used.</summary>
    /// <param name="kernel">The kernel of its name; null if there is none.</param>
    /// <returns>The reason, or null if it can.</returns>
    public string? Fault(KernelDefinition? kernel)
    {
        if (kernel is null)
            return $"there is no kernel {Kernel}";
        if (kernel.Parameters.FirstOrDefault(parameter => parameter.IsTunable && parameter.Name == Parameter) is not { } tunable)
            return $"{kernel.Name} has no parameter '{Parameter}' to tune";
        return tunable.Choices.Contains(Value)
            ? null
            : $"'{Parameter}' of {kernel.Name} cannot be {Value}; it is one of {string.Join(", ", tunable.Choices)}";
    }

    internal bool IsOf(KernelVariantSet kernel) => Kernel == kernel.Kernel.Name && Types == kernel.TypeKey;
}
