using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <content>
/// One operation on halves that lie in memory, whose result is a half again: two at a time, without a conversion. The bits are those of floats: products of halves are exact in floats, and a
/// sum that is rounded to the 24 bits of a float and then to the 11 of a half is the sum rounded once, since 24 is at least 2 x 11 + 2 (Figueroa, "When is double rounding innocuous?",
/// 1995); sums that are subnormal halves are exact.
/// </content>
internal sealed partial class PtxWriter
{
    private const int BytesOfHalf = 2;

    private static readonly Dictionary<OpCode, string> PairInstructions = new()
    {
        [OpCode.Add] = "add.rn.f16x2",
        [OpCode.Sub] = "sub.rn.f16x2",
        [OpCode.Mul] = "mul.rn.f16x2",
    };

    // Stores, by the first of a run, with the operation and the first reads of both operands; and the declarations that they stand for.
    private readonly Dictionary<Stmt, (OpCode Code, LoadView Left, LoadView Right)> _pairs = [];
    private readonly HashSet<string> _inPairs = [];
    private Dictionary<string, int>? _uses;

    private Dictionary<string, int> Uses => _uses ??= CodeWalk.All(program.Body).SelectMany(CodeWalk.Expressions).OfType<Var>().GroupBy(v => v.Name).ToDictionary(g => g.Key, g => g.Count());

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
        Let? Declared(Expr value) => value is Var { Name: var name } && Uses[name] == 1 && before.TryGetValue(name, out Let? let) ? let : null;
        Let?[] results = [.. stores.Select(store => Declared(store.Value))];
        if (results[0]?.Value is not Apply { Type: DType.F32, Operands.Length: 2, Code: var code } || !PairInstructions.ContainsKey(code)
            || !results.All(result => result?.Value is Apply { Type: DType.F32 } apply && apply.Code == code))
            return;
        Let?[][] operands = [.. Enumerable.Range(0, 2).Select(side => results.Select(result => Declared(((Apply)result!.Value).Operands[side])).ToArray())];
        if (!operands.All(AreNeighbours))
            return;
        _pairs[stores[0]] = (code, (LoadView)operands[0][0]!.Value, (LoadView)operands[1][0]!.Value);
        _inPairs.UnionWith(results.Concat(operands.SelectMany(side => side)).Select(let => let!.Var.Name));
    }

    private bool AreNeighbours(Let?[] loads)
    {
        (string Group, int Distance)? first = null;
        for (int i = 0; i < loads.Length; i++)
        {
            if (loads[i] is not { Value: LoadView { Raw: RawType.F16, ByteOffset: false } load } || KeyOf(load) is not var (group, distance))
                return false;
            first ??= (group, distance);
            if (first != (group, distance - i))
                return false;
        }

        return true;
    }

    private void StorePairs(StoreView first, int count, (OpCode Code, LoadView Left, LoadView Right) pair)
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
