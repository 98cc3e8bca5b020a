using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <content><see cref="HalfOperation"/>s of neighbours: two at a time, without a conversion.</content>
internal sealed partial class PtxWriter
{
    private const int BytesOfHalf = 2;

    private static readonly Dictionary<OpCode, string> PairInstructions = new()
    {
        [OpCode.Add] = "add.rn.f16x2",
        [OpCode.Sub] = "sub.rn.f16x2",
        [OpCode.Mul] = "mul.rn.f16x2",
    };

    // Stores, by the first of a run, with the operation of the first; and the declarations that they stand for.
    private readonly Dictionary<Stmt, HalfOperation> _pairs = [];
    private readonly HashSet<string> _inPairs = [];
    private Dictionary<string, int>? _uses;

    private Dictionary<string, int> Uses => _uses ??= CodeWalk.Uses(program);

    // Operands are read where the result is stored, so that nothing may be written in between.
    private void FindPairs(IReadOnlyList<Stmt> statements)
    {
        var before = new Dictionary<string, Let>();
        for (int i = 0; i < statements.Count; i++)
        {
            if (statements[i] is Let { Mutable: false } let)
            {
                before[let.Var.Name] = let;
                continue;
            }

            int run = StoreRun(statements, i);
            if (run > 1 && statements[i] is StoreView { Element.Kind: ElementKind.F16 })
                FindPair([.. statements.Skip(i).Take(run).Cast<StoreView>()], before);
            before.Clear();
            i += run - 1;
        }
    }

    private void FindPair(StoreView[] stores, Dictionary<string, Let> before)
    {
        HalfOperation?[] operations = [.. stores.Select(store => HalfOperation.Of(store, before, Uses))];
        if (operations[0] is not { } first || !operations.All(operation => operation?.Code == first.Code)
            || !AreNeighbours(operations.Select(operation => operation!.Left)) || !AreNeighbours(operations.Select(operation => operation!.Right)))
            return;
        _pairs[stores[0]] = first;
        _inPairs.UnionWith(operations.SelectMany(operation => operation!.Replaced));
    }

    private bool AreNeighbours(IEnumerable<LoadView> loads)
    {
        (string Group, int First)?[] places = [.. loads.Select((load, i) => KeyOf(load) is var (group, distance) ? (group, distance - i) : ((string, int)?)null)];
        return places[0] is not null && places.Distinct().Count() == 1;
    }

    private void StorePairs(StoreView first, int count, HalfOperation pair)
    {
        PtxRegister[] left = ReadPairs(pair.Left, count), right = ReadPairs(pair.Right, count);
        PtxRegister[] words = [.. left.Select((word, i) => _code.Fresh(PtxOperandKind.B32, PairInstructions[pair.Code], word, right[i]))];
        PtxRegister row = Row(first.View, first.Indices);
        PtxAddress address = Indexed(row, first.Indices[first.Indices.Length - 1], BytesOfHalf);
        IfAligned(row, first.Indices, address, count, alignment => WriteTogether(words, "st.global.b32", 4, address, alignment), () =>
        {
            for (int i = 0; i < words.Length; i++)
            {
                _code.Do("st.global.b16", address.Plus(4 * i), words[i]);
                _code.Do("st.global.b16", address.Plus((4 * i) + BytesOfHalf), Binary("shr.u32", words[i], Literal(16)));
            }
        });
    }

    private PtxRegister[] ReadPairs(LoadView first, int count)
    {
        PtxRegister row = Row(first.View, first.Indices);
        PtxAddress address = Indexed(row, first.Indices[first.Indices.Length - 1], BytesOfHalf);
        Dictionary<int, PtxRegister> words = Enumerable.Range(0, count / 2).ToDictionary(i => 4 * i, _ => _code.NewRegister(PtxOperandKind.B32));
        IfAligned(row, first.Indices, address, count, alignment => ReadTogether(RawType.I32, 4, address, alignment, [.. words.Keys], words), () =>
        {
            foreach (int distance in words.Keys)
            {
                PtxRegister low = _code.Fresh(PtxOperandKind.B32, "ld.global.u16", address.Plus(distance)), high = _code.Fresh(PtxOperandKind.B32, "ld.global.u16", address.Plus(distance + BytesOfHalf));
                _code.Set(words[distance], "prmt.b32", low, high, Literal(0x5410));
            }
        });
        return [.. words.Values];
    }

    // Words at once where the row lies at a multiple of them, halves where not.
    private void IfAligned(PtxRegister row, Exprs indices, PtxAddress address, int count, Action<int> together, Action apart)
    {
        (Expr moving, int distance) = Apart(indices[indices.Length - 1]);
        int index = Math.Min(Value(moving).Alignment, Literal(distance).Alignment) + Literal(BytesOfHalf).Alignment;
        int alignment = Math.Min(Math.Min(index, Literal(MostBytes).Alignment), Literal(BytesOfHalf * count).Alignment);
        if (alignment <= address.Alignment && alignment >= 2)
        {
            together(alignment);
            return;
        }

        if (alignment < 2)
        {
            apart();
            return;
        }

        PtxName otherwise = _code.NewLabel(), end = _code.NewLabel();
        PtxRegister isAligned = IsAligned(row, alignment);
        List<PtxLine> Path(Action path)
        {
            _code.Enter(isBranch: true);
            path();
            return _code.Leave();
        }

        List<PtxLine> whole = Path(() => together(alignment)), single = Path(apart);
        _code.DoIf(isAligned, true, "bra", otherwise);
        _code.Append(whole);
        _code.Do("bra", end);
        _code.Append(new PtxLabel(otherwise));
        _code.Append(single);
        _code.Append(new PtxLabel(end));
    }
}
