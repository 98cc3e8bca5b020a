using System.Text;

namespace KernelFoundry.Tests;

/// <summary>The file of tuned schedules: a cache that anything may have written to.</summary>
public sealed class ScheduleFileTests : IDisposable
{
    private const string Entry =
        """{"cpu":"X","threads":2,"vector_bits":512,"kernel":"K","types":"float","parameter":"block","value":32}""";

    private static readonly ScheduleMachine Here = new("Some \"CPU\" \u00e9", 2, 256);
    private readonly string folder = Directory.CreateTempSubdirectory("kf-test-").FullName;

    private string File => Path.Combine(folder, "below", "schedules.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_written_is_read()
    {
        ScheduleEntry[] entries = [new(Here, "Some.Kernel", "Q4_0,Some.Functor", "block", 64), new(Here, "Some.Other", "", "rows", int.MaxValue)];
        ScheduleFile.Update(File, Here, _ => true, entries);
        Assert.Equal(entries, ScheduleFile.Read(File, Fail));
        Assert.Equal([File], Directory.GetFiles(Path.GetDirectoryName(File)!));
    }

    [Fact]
    public void Entries_of_other_machines_stay()
    {
        ScheduleEntry Of(ScheduleMachine machine, int value) => new(machine, "K", "float", "block", value);
        ScheduleMachine[] others = [Here with { Cpu = "Another" }, Here with { Threads = 3 }, Here with { VectorBits = 512 }];
        foreach (ScheduleMachine machine in others)
            ScheduleFile.Update(File, machine, _ => true, [Of(machine, 1)]);
        ScheduleFile.Update(File, Here, _ => true, [Of(Here, 2), Of(Here, 3) with { Parameter = "rows" }]);
        ScheduleFile.Update(File, Here, entry => entry.Parameter == "block", [Of(Here, 4)]);
        Assert.Equal([.. others.Select(machine => Of(machine, 1)), Of(Here, 3) with { Parameter = "rows" }, Of(Here, 4)], ScheduleFile.Read(File, Fail));
        ScheduleFile.Update(File, Here, _ => true, []);
        Assert.Equal(others.Select(machine => Of(machine, 1)), ScheduleFile.Read(File, Fail));
    }

    [Fact]
    public void No_file_is_no_entries_and_no_warning() => Assert.Empty(ScheduleFile.Read(File, Fail));

    public static TheoryData<string> Broken() =>
    [
        "", "null", "[]", "{", "{}", "\u0000\u0001", "{\"version\":1}", "{\"version\":2,\"schedules\":[]}", "{\"version\":\"1\",\"schedules\":[]}",
        "{\"version\":1,\"schedules\":{}}", "{\"version\":1,\"schedules\":[1]}", "{\"version\":1,\"schedules\":[{}]}",
        "{\"version\":1,\"schedules\":[]} x", "{\"version\":1,\"schedules\":[" + Entry + ",]}", "{\"version\":1,\"schedules\":[" + Entry,
        "{\"version\":1,\"schedules\":[" + Entry.Replace("2,", "2.5,") + "]}", "{\"version\":1,\"schedules\":[" + Entry.Replace("32", "99999999999") + "]}",
        "{\"version\":1,\"schedules\":[" + Entry.Replace("\"K\"", "7") + "]}", "{\"version\":1,\"schedules\":[" + Entry.Replace("\"K\"", "\"\\ud800\"") + "]}",
        "{\"version\":1,\"schedules\":[" + Entry.Replace("\"K\"", "null") + "]}", "{\"version\":1,\"x\":" + new string('[', 100_000),
        "{\"version\":1,\"schedules\":[" + string.Join(",", Enumerable.Repeat(Entry, 12_000)) + "]}",
    ];

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_cannot_be_read_is_one_warning(string text)
    {
        Write(text);
        var warnings = new List<string>();
        Assert.Empty(ScheduleFile.Read(File, warnings.Add));
        Assert.Contains($"'{File}'", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Empty(ScheduleFile.Read(File));
        ScheduleFile.Update(File, Here, _ => true, [new(Here, "K", "", "block", 8)]);
        Assert.Single(ScheduleFile.Read(File, Fail));
    }

    [Fact]
    public void Any_change_of_a_byte_is_read_or_warned_of()
    {
        byte[] whole = Encoding.UTF8.GetBytes("{\"version\":1,\"schedules\":[" + Entry + "]}");
        var random = new Random(5);
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        for (int i = 0; i < 2000; i++)
        {
            byte[] changed = [.. whole];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            System.IO.File.WriteAllBytes(File, random.Next(4) == 0 ? changed[..random.Next(changed.Length)] : changed);
            var warnings = new List<string>();
            Assert.InRange(ScheduleFile.Read(File, warnings.Add).Count + (2 * warnings.Count), 1, 2);
        }
    }

    [Fact]
    public void What_is_not_known_is_passed_over()
    {
        Write("{\"tool\":{\"a\":[1,{}]},\"version\":1,\"schedules\":[" + Entry.Replace("{", "{\"note\":[[\"x\"]],") + "]}");
        Assert.Equal([new ScheduleEntry(new ScheduleMachine("X", 2, 512), "K", "float", "block", 32)], ScheduleFile.Read(File, Fail));
    }

    [Fact]
    public void A_folder_in_place_of_the_file_is_a_warning_and_no_place_to_write()
    {
        Directory.CreateDirectory(File);
        var warnings = new List<string>();
        Assert.Empty(ScheduleFile.Read(File, warnings.Add));
        Assert.Single(warnings);
        Exception? error = Record.Exception(() => ScheduleFile.Update(File, Here, _ => true, []));
        Assert.True(error is IOException or UnauthorizedAccessException, $"{error}");
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(File)!));
    }

    [Fact]
    public void Off_is_no_file()
    {
        Assert.Null(ScheduleFile.Locate("OFF"));
        Assert.Equal(File, ScheduleFile.Locate(File));
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, ScheduleFile = ScheduleFile.Off });
        Assert.Null(device.Schedules!.File);
        Assert.Empty(device.Schedules.Entries);
        Assert.Null(Device.Reference.Schedules);
    }

    [Fact]
    public void A_device_takes_what_is_its_own_and_warns_once_of_what_does_not_fit()
    {
        KernelVariantSet kernel = KernelRegistry.Find(TunableProbe.Definition, "float"), other = KernelRegistry.Find(TunableProbe.Definition, "Half");
        var warnings = new List<string>();
        var options = new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 2, ScheduleFile = File, Warning = warnings.Add };
        using Device before = Device.Open(options);
        KernelSchedules schedules = before.Schedules!;
        ScheduleFile.Update(File, schedules.Machine, _ => true, [
            schedules.Entry(kernel, "block", 8), schedules.Entry(kernel, "rows", 5), schedules.Entry(kernel, "plain", 4), schedules.Entry(other, "rows", 2)]);
        ScheduleMachine elsewhere = schedules.Machine with { Cpu = "Another" };
        ScheduleFile.Update(File, elsewhere, _ => true, [new(elsewhere, kernel.Kernel.Name, "float", "rows", 2)]);

        using Device device = Device.Open(options);
        Assert.Equal(4, device.Schedules!.Entries.Count);
        Assert.Empty(warnings);
        Assert.Equal((8, 1), (device.Schedules.Get(kernel, "block"), device.Schedules.Get(kernel, "rows")));
        Assert.Equal((4, 2), (device.Schedules.Get(other, "block"), device.Schedules.Get(other, "rows")));
        Assert.Contains("'rows' of Tests.TunableProbe cannot be 5; it is one of 1, 2", Assert.Single(warnings), StringComparison.Ordinal);

        // Read when it was opened: before there was a file.
        Assert.Equal(4, before.Schedules!.Get(kernel, "block"));
    }

    [Fact]
    public void A_device_can_be_told()
    {
        KernelVariantSet kernel = KernelRegistry.Find(TunableProbe.Definition, "float");
        var options = new DeviceOptions { Kind = DeviceKind.Cpu, ScheduleFile = ScheduleFile.Off };
        using Device one = Device.Open(options), two = Device.Open(options);
        one.Schedules!.Set(kernel, "rows", 2);
        Assert.Equal((4, 2), (one.Schedules.Get(kernel, "block"), one.Schedules.Get(kernel, "rows")));
        Assert.Equal((4, 1), (two.Schedules!.Get(kernel, "block"), two.Schedules.Get(kernel, "rows")));
        Assert.Contains("one of 4, 8", Assert.Throws<ArgumentException>(() => one.Schedules.Set(kernel, "block", 5)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => one.Schedules.Set(kernel, "plain", 1));
        Assert.Equal(4, one.Schedules.Get(kernel, "block"));
    }

    [Fact]
    public void Values_follow_the_arguments_and_are_no_part_of_them()
    {
        var arguments = new KernelArguments();
        for (int i = 0; i < KernelArguments.MaxSlots - 2; i++)
            arguments.Add(i);
        arguments.Follow([7, 8]);
        Assert.Equal(KernelArguments.MaxSlots - 2, arguments.SlotCount);
        Assert.Equal(KernelArguments.MaxSlots - 3, arguments.Slots[^1]);
        Assert.Equal(7, System.Runtime.CompilerServices.Unsafe.Add(ref System.Runtime.CompilerServices.Unsafe.AsRef(in arguments.FirstSlot), KernelArguments.MaxSlots - 2));
        arguments.Add(1);
        KernelArguments full = arguments;
        Assert.Throws<InvalidOperationException>(() => full.Follow([7, 8]));
    }

    private static void Fail(string warning) => Assert.Fail(warning);

    private void Write(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, text);
    }

    private static class TunableProbe
    {
        public static KernelDefinition Definition { get; } = new()
        {
            Name = "Tests.TunableProbe",
            ClassName = "Tests",
            Parameters =
            [
                new() { Name = "plain", Kind = KernelParameterKind.Schedule, Type = "int", Values = [1, 1] },
                new() { Name = "block", Kind = KernelParameterKind.Schedule, Type = "int", Values = [4, 2], Choices = [4, 8] },
                new() { Name = "rows", Kind = KernelParameterKind.Schedule, Type = "int", Values = [1, 2], Choices = [1, 2] },
            ],
            Families = [new("float", static () => [new() { TypeKey = "float" }]), new("Half", static () => [new() { TypeKey = "Half" }])],
        };
    }
}
