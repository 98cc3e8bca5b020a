namespace KernelFoundry.Testing.Ptx;

/// <summary>A checked entry made ready to run: one step an instruction, and a place in the register file for every register and literal.</summary>
internal sealed class PtxProgram
{
    private readonly PtxModule module;
    private readonly PtxEntry entry;
    private readonly Dictionary<string, int> registers = [];
    private readonly Dictionary<string, int> predicates = [];
    private readonly Dictionary<(int Bytes, long Bits), int> constants = [];
    private readonly Dictionary<string, uint> sharedAddresses = [];

    /// <summary>Checks and compiles an entry.</summary>
    /// <exception cref="PtxException">It breaks a rule.</exception>
    public PtxProgram(PtxModule module, PtxEntry entry)
    {
        this.module = module;
        this.entry = entry;
        PtxOperation[] operations = PtxChecker.Check(module, entry);
        PlaceShared();
        Steps = [.. operations.Select((operation, i) => Step(operation, entry.Instructions[i]))];
        Sums = Steps.OfType<MultiplyWarpgroupStep>().SelectMany(step => step.Sums).Distinct().Select((offset, i) => (offset, i)).ToDictionary(each => each.offset, each => each.i);
        for (int i = 0; i < Steps.Length && HasProducts; i++)
        {
            if (Steps[i] is not MultiplyWarpgroupStep)
                Steps[i].Touches = [.. Touched(operations[i], entry.Instructions[i])];
        }

        SharedGranule = operations.Select((operation, i) => SharedBytes(operation, entry.Instructions[i])).Append(16).Min();
    }

    public PtxStep[] Steps { get; }

    public IReadOnlyList<PtxParameter> Parameters => entry.Parameters;

    /// <summary>What a block must have; 0 for any number.</summary>
    public int RequiredThreads => entry.RequiredThreads;

    public PtxSpecials Specials { get; } = new();

    /// <summary>Bytes of a warp's register file.</summary>
    public int RegisterBytes { get; private set; }

    public int PredicateCount => predicates.Count;

    /// <summary>Literals, which are registers that are never written.</summary>
    public IEnumerable<(int Offset, int Bytes, long Bits)> Constants => constants.Select(each => (each.Value, each.Key.Bytes, each.Key.Bits));

    /// <summary>Bytes of the arrays whose lengths the module says.</summary>
    public int StaticSharedBytes { get; private set; }

    /// <summary>Where shared memory starts.</summary>
    public uint SharedStart { get; private set; }

    /// <summary>Registers that products of warpgroups sum in, by their place in the register file, numbered from 0.</summary>
    public IReadOnlyDictionary<int, int> Sums { get; }

    /// <summary>Whether it has products of warpgroups.</summary>
    public bool HasProducts => Sums.Count > 0;

    /// <summary>Bytes of the narrowest access to shared memory.</summary>
    public int SharedGranule { get; }

    // The sums that an instruction reads or writes, by their numbers.
    private IEnumerable<int> Touched(PtxOperation operation, PtxInstruction instruction) =>
        from name in PtxOperands.Read(operation, instruction).Concat(PtxOperands.Written(operation, instruction)).Distinct()
        where registers.TryGetValue(name, out _) && Sums.ContainsKey(registers[name])
        select Sums[registers[name]];

    private void PlaceShared()
    {
        // Not at 0, and at a multiple of 1024 only where an array asks for it, so that nothing can rely on that.
        SharedStart = 4096 + (uint)module.Shared.Values.Select(array => array.Alignment).Append(512).Max();
        foreach (PtxShared array in module.Shared.Values.OrderBy(array => array.IsDynamic))
        {
            StaticSharedBytes = (StaticSharedBytes + array.Alignment - 1) / array.Alignment * array.Alignment;
            sharedAddresses[array.Name] = SharedStart + (uint)StaticSharedBytes;
            StaticSharedBytes += array.Bytes;
        }
    }

    private PtxStep Step(PtxOperation operation, PtxInstruction instruction)
    {
        var slots = new List<PtxSlot>();
        PtxSlot? pair = null;
        for (int i = 0; i < instruction.Operands.Count; i++)
        {
            PtxOperand operand = instruction.Operands[i];
            if (operand is PtxPair both)
            {
                operand = both.First;
                pair = Slot(new PtxRule(PtxRuleKind.Register, PtxType.Pred, 1, true, false, false), both.Second);
            }

            slots.Add(Slot(operation.Rules[i], operand));
        }

        if (pair is { } second)
            slots.Add(second);
        try
        {
            return operation.Create([.. slots]).Of(instruction, instruction.Guard is { } guard ? Predicate(guard) : -1);
        }
        catch (PtxException fault)
        {
            throw new PtxException(instruction.Line, fault.Reason);
        }
    }

    private PtxSlot Slot(PtxRule rule, PtxOperand operand) => (rule.Kind, operand) switch
    {
        (PtxRuleKind.Immediate, PtxLiteral literal) => new PtxSlot(-1, literal.Bits),
        (PtxRuleKind.Label, PtxName label) => new PtxSlot(-1, entry.Labels[label.Name]),
        (PtxRuleKind.Parameter, PtxAddress address) => new PtxSlot(-1, entry.Parameters.First(parameter => parameter.Name == address.Base).Offset),
        (_, PtxAddress { Base: null } address) => new PtxSlot(-1, address.Offset),
        (_, PtxAddress address) => sharedAddresses.TryGetValue(address.Base, out uint at)
            ? new PtxSlot(-1, at + address.Offset)
            : new PtxSlot(Register(address.Base), address.Offset),
        (_, PtxLiteral literal) when rule.Type == PtxType.Pred => new PtxSlot(-1, literal.Bits),
        (_, PtxLiteral literal) => new PtxSlot(Constant(PtxTypes.LaneBytes(rule.Type), literal.Bits), 0, null, rule.Type),
        (_, PtxVector vector) => VectorSlot(rule, vector),
        (_, PtxName { Name: var name }) when entry.Registers.Find(name) == PtxType.Pred => new PtxSlot(Predicate(name)),
        (_, PtxName { Name: var name }) when sharedAddresses.TryGetValue(name, out uint at) => new PtxSlot(Constant(4, at)),
        (_, PtxName { Name: var name }) when PtxSpecials.IsSpecial(name) => new PtxSlot(Specials.Offset(name, () => Allocate(4))),
        (_, PtxName { Name: var name }) => new PtxSlot(Register(name), 0, null, entry.Registers.Find(name)!.Value),
        _ => throw new InvalidOperationException($"{operand} was checked"),
    };

    private PtxSlot VectorSlot(PtxRule rule, PtxVector vector)
    {
        PtxSlot[] elements = [.. vector.Elements.Select(element => Slot(rule, element))];
        return new PtxSlot(-1, 0, [.. elements.Select(element => element.Offset)], elements[0].Type);
    }

    private int Register(string name) => registers.TryGetValue(name, out int offset)
        ? offset
        : registers[name] = Allocate(PtxTypes.LaneBytes(entry.Registers.Find(name)!.Value));

    private int Predicate(string name) => predicates.TryGetValue(name, out int number) ? number : predicates[name] = predicates.Count;

    private int Constant(int bytes, long bits) =>
        constants.TryGetValue((bytes, bits), out int offset) ? offset : constants[(bytes, bits)] = Allocate(bytes);

    private int Allocate(int laneBytes)
    {
        int offset = RegisterBytes;
        RegisterBytes += laneBytes * PtxWarp.Lanes;
        return offset;
    }

    private static int SharedBytes(PtxOperation operation, PtxInstruction instruction)
    {
        if (!operation.Rules.Any(rule => rule.Kind == PtxRuleKind.Shared))
            return 16;
        for (int i = 0; i < instruction.Operands.Count; i++)
        {
            if (operation.Rules[i].Kind == PtxRuleKind.Immediate && instruction.Operands[i] is PtxLiteral size)
                return (int)size.Bits;
        }

        return operation.Rules.Where(rule => rule.Kind == PtxRuleKind.Register).Min(rule => PtxTypes.Bytes(rule.Type) * rule.Count);
    }
}
