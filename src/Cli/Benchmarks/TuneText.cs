using System.Globalization;
using KernelFoundry.Cli.KernelText;
using KernelFoundry.Cli.Output;
using KernelFoundry.Measurement;

namespace KernelFoundry.Cli.Benchmarks;

/// <summary>What tuning found, as people and programs read it.</summary>
internal static class TuneText
{
    public static TuneMachineOutput ToOutput(ScheduleMachine machine, IReadOnlyList<TunedParameter> tuned) => new(
        machine.Cpu, machine.Threads, machine.VectorBits,
        [
            .. tuned.Select(each => new TuneParameterOutput(
                each.Kernel.Kernel.Name, each.Kernel.TypeKey, each.Parameter, each.Default, each.Best, each.Gain, each.Spread,
                each.Seconds.ToDictionary(choice => choice.Key.ToString(CultureInfo.InvariantCulture), choice => choice.Value))),
        ]);

    public static void Print(ScheduleMachine machine, IReadOnlyList<TunedParameter> tuned, bool resets)
    {
        Console.Out.WriteLine(machine);
        if (tuned.Count == 0)
        {
            Console.Out.WriteLine(resets ? "What was stored is deleted." : "The work launches no kernel with something to tune.");
            return;
        }

        Console.Out.WriteLine();
        var table = new TextTable("kernel", "types", "parameter", " default", " best", " gain", " spread");
        foreach (TunedParameter each in tuned)
        {
            string types = string.Join(", ", each.Kernel.TypeKey.Split(',').Select(KernelCatalog.Simple));
            table.Add(KernelCatalog.Simple(each.Kernel.Kernel.Name), types, each.Parameter, $"{each.Default}", $"{each.Best}", Percent(each.Gain), Percent(each.Spread));
        }

        table.Print();
        Console.Out.WriteLine();
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1} %");
}
