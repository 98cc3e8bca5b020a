using System.Reflection;
using System.Reflection.Emit;

namespace KernelFoundry.Ilgpu.Tests;

/// <summary>The methods that a method's IL calls.</summary>
internal static class Calls
{
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    public static IEnumerable<MethodBase> Of(MethodInfo method)
    {
        byte[] il = method.GetMethodBody()!.GetILAsByteArray()!;
        for (int at = 0; at < il.Length;)
        {
            short value = il[at++];
            if (value == 0xFE)
                value = (short)(0xFE00 | il[at++]);
            OpCode code = Codes[value];
            if (code.OperandType == OperandType.InlineMethod)
            {
                yield return method.Module.ResolveMethod(
                    BitConverter.ToInt32(il, at), method.DeclaringType!.GetGenericArguments(), method.GetGenericArguments())!;
            }

            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
                _ => 4,
            };
        }
    }
}
