using System.Globalization;
using System.Text;

namespace KernelFoundry;

/// <summary>The arguments of a launch as text, for logs.</summary>
internal static class LaunchText
{
    /// <summary>Shapes of views and values of scalars, in order, with the names of parameters as far as every parameter fills known slots.</summary>
    public static string Describe(KernelDefinition kernel, in KernelArguments arguments)
    {
        var text = new StringBuilder();
        var names = kernel.Parameters.Where(parameter => parameter.Kind != KernelParameterKind.Schedule).ToList();
        bool hasFunctor = names.Exists(parameter => parameter.Kind == KernelParameterKind.Functor);
        ReadOnlySpan<long> slots = arguments.Slots;
        ReadOnlySpan<SlotKind> kinds = arguments.Kinds;
        int parameter = 0;
        for (int i = 0; i < slots.Length; i++)
        {
            if (kinds[i] == SlotKind.Stride)
                continue;
            if (kinds[i] == SlotKind.Extent)
            {
                bool last = i + 1 == slots.Length || kinds[i + 1] != SlotKind.Extent;
                text.Append(CultureInfo.InvariantCulture, $"{slots[i]}{(last ? "]" : ", ")}");
                continue;
            }

            if (text.Length > 0)
                text.Append(' ');

            // A functor fills any number of slots, so names after one would be guesses.
            if (!hasFunctor && parameter < names.Count)
                text.Append(names[parameter].Name).Append('=');
            parameter++;
            text.Append(kinds[i] switch
            {
                SlotKind.Pointer => "[",
                SlotKind.Float => BitConverter.Int32BitsToSingle((int)slots[i]).ToString(CultureInfo.InvariantCulture),
                SlotKind.Bool => slots[i] != 0 ? "true" : "false",
                _ => slots[i].ToString(CultureInfo.InvariantCulture),
            });
        }

        return text.ToString();
    }
}
