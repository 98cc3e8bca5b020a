using System.Globalization;
using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Targets;

/// <summary>
/// The slots of a launch: see the argument layout in the documentation of KernelArguments. The values a device is tuned to follow all others,
/// which launches write without knowing of them.
/// </summary>
internal static class LaunchSlots
{
    /// <summary>Each slot with its parameter, its name in target text, and its kind: p (pointer), e (extent), s (stride) or v (value).</summary>
    public static IEnumerable<(Parameter Parameter, string Name, char Kind, int Slot)> Of(Kernel kernel)
    {
        int slot = 0;
        foreach (Parameter parameter in kernel.Parameters.Where(p => p.Kind != ParameterKind.Schedule))
        {
            if (parameter.Kind != ParameterKind.View)
            {
                yield return (parameter, parameter.Name, 'v', slot++);
                continue;
            }

            yield return (parameter, parameter.Name, 'p', slot++);
            for (int axis = 0; axis < parameter.Rank; axis++)
                yield return (parameter, $"{parameter.Name}_e{Int(axis)}", 'e', slot++);
            for (int axis = 0; axis < parameter.Rank - 1; axis++)
                yield return (parameter, $"{parameter.Name}_s{Int(axis)}", 's', slot++);
        }

        foreach (Parameter parameter in kernel.Parameters.Where(p => p.IsTunable))
            yield return (parameter, parameter.Name, 'v', slot++);
    }

    private static string Int(int value) => value.ToString(CultureInfo.InvariantCulture);
}
