namespace KernelFoundry.Tests;

/// <summary>Kernels made of bare function pointers, to see what a device does with a launch.</summary>
internal static unsafe class ProbeKernel
{
    private static int made;

    /// <summary>CPU kernel: adds 1 to counters[program]. Arguments: counters, grid 0, 1, 2.</summary>
    public static KernelVariantSet Count { get; } = Cpu(&CountRuns, &GridFromSlots);

    /// <summary>CPU kernel: fails in program 5. Arguments as <see cref="Count"/>'s.</summary>
    public static KernelVariantSet FailsInFive { get; } = Cpu(&FailInFive, &GridFromSlots);

    /// <summary>CPU kernel: fills its scratch, waits a little, and counts 1 if the scratch is aligned and still its own. Adds a slot: bytes.</summary>
    public static KernelVariantSet Scratch { get; } = Cpu(&UseScratch, &GridAndScratchFromSlots);

    /// <summary>CPU kernel: every program waits until all have started. Arguments as <see cref="Count"/>'s; counters has one element.</summary>
    public static KernelVariantSet Meet { get; } = Cpu(&MeetOthers, &GridFromSlots);

    /// <summary>CPU kernel: counts, and one program waits until all others have run. Arguments as <see cref="Count"/>'s, and that program.</summary>
    public static KernelVariantSet OneIsLast { get; } = Cpu(&WaitForTheOthers, &GridFromSlots);

    /// <summary>CPU kernel: counts, the longer the higher the program's number. Arguments as <see cref="Count"/>'s.</summary>
    public static KernelVariantSet Uneven { get; } = Cpu(&CountSlowly, &GridFromSlots);

    /// <summary>CPU kernel: stores the vector width it was compiled for.</summary>
    public static KernelVariantSet Width { get; } = Set(cpu: new CpuCode(&Width512, &Width256, &Width128, &GridFromSlots));

    /// <summary>The same, without code for 512 bits.</summary>
    public static KernelVariantSet NarrowWidth { get; } = Set(cpu: new CpuCode(null, &Width256, &Width128, &GridFromSlots));

    /// <summary>The same, with code for 256 bits only.</summary>
    public static KernelVariantSet OneWidth { get; } = Set(cpu: new CpuCode(null, &Width256, null, &GridFromSlots));

    public static KernelVariantSet OpenCl(string source, string entryPoint, delegate*<long*, LaunchShape*, void> plan) =>
        Set(openCl: new OpenClCode(source, entryPoint, plan));

    public static KernelVariantSet Cuda(string source, string entryPoint, delegate*<long*, LaunchShape*, void> plan) =>
        Cuda(new CudaCode(70, source, entryPoint, plan));

    public static KernelVariantSet Cuda(params CudaCode[] codes) => Set(cuda: codes);

    /// <summary>One program, work-group of 1, no local memory.</summary>
    public static void OneProgram(long* slots, LaunchShape* shape)
    {
        shape->Grid0 = 1;
        shape->Grid1 = 1;
        shape->Grid2 = 1;
        shape->WorkGroup = 1;
    }

    public static void Launch(Device device, KernelVariantSet kernel, View1<int> counters, int grid0, int grid1 = 1, int grid2 = 1, int last = 0)
    {
        var arguments = new KernelArguments();
        arguments.Add(counters);
        arguments.Add(grid0);
        arguments.Add(grid1);
        arguments.Add(grid2);
        arguments.Add(last);
        device.Launch(kernel, ref arguments);
    }

    public static KernelVariantSet Set(CpuCode? cpu = null, OpenClCode? openCl = null, IReadOnlyList<CudaCode>? cuda = null)
    {
        var kernel = new KernelDefinition
        {
            Name = $"Probe.Kernel{Interlocked.Increment(ref made)}",
            ClassName = "Probe",
            Families = [new("", () => [new() { TypeKey = "", MakeCpu = Made(cpu), MakeOpenCl = Made(openCl), MakeCuda = Made(cuda) }])],
        };
        return KernelRegistry.Find(kernel, "");
    }

    private static Func<T>? Made<T>(T? code)
        where T : class => code is null ? null : () => code;

    private static KernelVariantSet Cpu(delegate*<long*, byte*, int, int, int, void> entry, delegate*<long*, LaunchShape*, void> plan) =>
        Set(cpu: new CpuCode(entry, entry, entry, plan));

    // Slots: 0 counters, 1 its extent, 2 to 4 the grid, 5 what a kernel adds.
    private static void GridFromSlots(long* slots, LaunchShape* shape)
    {
        shape->Grid0 = (int)slots[2];
        shape->Grid1 = (int)slots[3];
        shape->Grid2 = (int)slots[4];
    }

    private static void GridAndScratchFromSlots(long* slots, LaunchShape* shape)
    {
        GridFromSlots(slots, shape);
        shape->CpuScratchBytes = slots[5];
    }

    private static ref int Counter(long* slots, int p0, int p1, int p2) => ref ((int*)slots[0])[p0 + (slots[2] * (p1 + (slots[3] * p2)))];

    private static void CountRuns(long* slots, byte* scratch, int p0, int p1, int p2) => Interlocked.Increment(ref Counter(slots, p0, p1, p2));

    private static void FailInFive(long* slots, byte* scratch, int p0, int p1, int p2)
    {
        if (p0 == 5)
            throw new InvalidOperationException("five it is");
    }

    private static void UseScratch(long* slots, byte* scratch, int p0, int p1, int p2)
    {
        var own = new Span<byte>(scratch, (int)slots[5]);
        own.Fill((byte)p0);
        Thread.SpinWait(200);
        if ((nint)scratch % 64 == 0 && own.IndexOfAnyExcept((byte)p0) < 0)
            Interlocked.Increment(ref Counter(slots, p0, p1, p2));
    }

    private static void MeetOthers(long* slots, byte* scratch, int p0, int p1, int p2)
    {
        ref int arrived = ref *(int*)slots[0];
        Interlocked.Increment(ref arrived);

        // Bounded, so that a pool whose workers never join fails instead of hanging.
        for (int i = 0; i < 30_000 && Volatile.Read(ref arrived) < slots[2]; i++)
            Thread.Sleep(1);
        if (Volatile.Read(ref arrived) < slots[2])
            throw new InvalidOperationException("the others did not come");
    }

    private static void WaitForTheOthers(long* slots, byte* scratch, int p0, int p1, int p2)
    {
        Interlocked.Increment(ref Counter(slots, p0, p1, p2));
        var counters = new Span<int>((int*)slots[0], (int)slots[2]);

        // Bounded, so that a pool that does not share out the rest fails instead of hanging.
        for (int i = 0; p0 == slots[5] && counters.Contains(0); i++)
        {
            if (i == 30_000)
                throw new InvalidOperationException("the others were not run");
            Thread.Sleep(1);
        }
    }

    private static void CountSlowly(long* slots, byte* scratch, int p0, int p1, int p2)
    {
        Thread.SpinWait(p0);
        CountRuns(slots, scratch, p0, p1, p2);
    }

    private static void Width512(long* slots, byte* scratch, int p0, int p1, int p2) => *(int*)slots[0] = 512;

    private static void Width256(long* slots, byte* scratch, int p0, int p1, int p2) => *(int*)slots[0] = 256;

    private static void Width128(long* slots, byte* scratch, int p0, int p1, int p2) => *(int*)slots[0] = 128;
}
