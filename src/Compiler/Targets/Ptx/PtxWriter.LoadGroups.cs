using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <content>
/// Neighbours read together: vectors of up to 16 bytes where their address is a multiple of that, which is proven, or tested once for a row.
/// </content>
internal sealed partial class PtxWriter
{
    private const int MostBytes = 16;

    private readonly Dictionary<Let, PtxLoadGroup> _groups = PtxLoadGroup.NewTable();
    private readonly HashSet<string> _mutable = [.. CodeWalk.All(program.Body).OfType<Let>().Where(let => let.Mutable).Select(let => let.Var.Name)];

    // Loads may move up to the first of their group: nothing is written in between, and the rest of their places is known there.
    private void FindLoadGroups(IEnumerable<Stmt> statements)
    {
        var open = new Dictionary<string, PtxLoadGroup>();
        foreach (Stmt statement in statements)
        {
            if (statement is not (Let or Lowering.Assign))
            {
                open.Clear();
                continue;
            }

            if (statement is not Let { Mutable: false } let || KeyOf(let.Value) is not { } key)
                continue;
            (string group, int distance) = key;
            if (open.TryGetValue(group, out PtxLoadGroup? known))
            {
                known.Loads.Add((let, distance));
                _groups[let] = known;
                _groups[known.Loads[0].Let] = known;
            }
            else
            {
                open[group] = new PtxLoadGroup([(let, distance)]);
            }
        }
    }

    // What the loads of a group have in common, and what sets them apart.
    private (string Group, int Distance)? KeyOf(Expr load)
    {
        if (load is LoadLocal local && IsFixed(local.Index))
        {
            (Expr index, int distance) = Apart(local.Index);
            return ($"{local.Buffer.Name} {CodePrinter.Text(index)}", distance);
        }

        if (load is LoadView { Guard: null } view && view.Indices.AsEnumerable().All(IsFixed) && (!view.ByteOffset || StoredElement.Bytes(view.Raw) == 1 || IsInPanel(view)))
        {
            (Expr index, int distance) = Apart(view.Indices[view.Indices.Length - 1]);
            string rest = string.Join(", ", view.Indices.AsEnumerable().Take(view.Indices.Length - 1).Select(CodePrinter.Text));
            return ($"{view.View} {view.Raw} {rest} {CodePrinter.Text(index)}", distance);
        }

        return null;
    }

    // Wider than a byte, and yet at its own alignment, as far as constants go: what they are added to is seen when it is read.
    private bool IsInPanel(LoadView view) =>
        program.Kernel.Find(view.View).IsPanels && Apart(view.Indices[view.Indices.Length - 1]).Distance % StoredElement.Bytes(view.Raw) == 0;

    // The same wherever it stands: of no memory and of nothing that changes.
    private bool IsFixed(Expr expression) => CodeWalk.All(expression).All(e =>
        e is not (LoadView or LoadLocal) && !(e is Var variable && _mutable.Contains(variable.Name)));

    private void Load(PtxLoadGroup group)
    {
        (Let Let, int Distance)[] loads = [.. group.Loads.OrderBy(l => l.Distance)];
        if (loads[0].Let.Value is LoadLocal local)
        {
            RawType raw = local.Type == DType.F32 ? RawType.F32 : RawType.I32;
            PtxAddress start = Indexed(Place(local.Buffer), Apart(local.Index).Index, 4);
            Dictionary<int, PtxRegister> values = ReadTogether(raw, 4, start, start.Register!.Alignment, [.. loads.Select(l => 4 * l.Distance)]);
            foreach ((Let let, int distance) in loads)
                _variables[let.Var.Name] = values[4 * distance];
            return;
        }

        var first = (LoadView)loads[0].Let.Value;
        int bytes = StoredElement.Bytes(first.Raw), unit = first.ByteOffset ? 1 : bytes;
        int[] distances = [.. loads.Select(l => l.Distance * unit).Distinct()];
        PtxRegister row = Row(first.View, first.Indices);
        PtxAddress address = Indexed(row, Apart(first.Indices[first.Indices.Length - 1]).Index, unit);
        int proven = Math.Max(address.Register!.Alignment, first.Alignment == 0 ? 0 : Literal(first.Alignment).Alignment), index = Value(Apart(first.Indices[first.Indices.Length - 1]).Index).Alignment + Literal(unit).Alignment;
        int wanted = Math.Min(index, Literal(MostBytes).Alignment);
        Dictionary<int, PtxRegister> stored = !first.ByteOffset && proven < wanted && Saves(distances, bytes, wanted)
            ? ReadIfAligned(first.Raw, bytes, address, row, wanted, distances)
            : ReadTogether(first.Raw, bytes, address, proven, distances);
        foreach ((Let let, int distance) in loads)
            _variables[let.Var.Name] = Loaded((LoadView)let.Value, stored[distance * unit]);
    }

    private static bool Saves(int[] distances, int bytes, int alignment) => Chunks(distances, bytes, alignment).Any(c => c.Size > bytes);

    // Rows of a view lie anywhere; whether one does at a multiple of a vector is the same for all of a loop.
    private Dictionary<int, PtxRegister> ReadIfAligned(RawType raw, int bytes, PtxAddress address, PtxRegister row, int alignment, int[] distances)
    {
        PtxRegister isAligned = IsAligned(row, alignment);
        Dictionary<int, PtxRegister> results = distances.ToDictionary(d => d, _ => _code.NewRegister(Loads[raw].Kind));
        PtxName apart = _code.NewLabel(), end = _code.NewLabel();
        List<PtxLine> Path(int known)
        {
            _code.Enter(isBranch: true);
            ReadTogether(raw, bytes, address, known, distances, results);
            return _code.Leave();
        }

        List<PtxLine> together = Path(alignment), single = Path(Literal(bytes).Alignment);
        _code.DoIf(isAligned, true, "bra", apart);
        _code.Append(together);
        _code.Do("bra", end);
        _code.Append(new PtxLabel(apart));
        _code.Append(single);
        _code.Append(new PtxLabel(end));
        return results;
    }

    private PtxRegister IsAligned(PtxRegister row, int alignment)
    {
        PtxRegister low = Binary("and.b32", _code.Pure(PtxOperandKind.B32, "cvt.u32.u64", row), Literal((1 << alignment) - 1));
        return _code.Pure(PtxOperandKind.Pred, "setp.eq.s32", low, Literal(0));
    }

    // Reads the elements at distances in bytes from an address whose register is a multiple of a power of two.
    private Dictionary<int, PtxRegister> ReadTogether(
        RawType raw, int bytes, PtxAddress address, int alignment, int[] distances, Dictionary<int, PtxRegister>? into = null)
    {
        var results = new Dictionary<int, PtxRegister>();
        foreach ((int start, int size) in Chunks(distances, bytes, alignment))
        {
            PtxAddress place = address.Plus(start);
            if (size == bytes)
            {
                Give(start, place.Kind == PtxOperandKind.SharedAddress ? ReadShared(raw, place) : Stored(raw, place, isBytes: alignment < Literal(bytes).Alignment));
                continue;
            }

            bool isFloat = raw == RawType.F32;
            string space = place.Kind == PtxOperandKind.SharedAddress ? "shared" : "global", type = isFloat ? "f32" : "b32";
            PtxOperandKind kind = isFloat ? PtxOperandKind.F32 : PtxOperandKind.B32;
            PtxRegister[] words = size switch
            {
                2 => [_code.Fresh(kind, $"ld.{space}.u16", place)],
                4 => [_code.Fresh(kind, $"ld.{space}.{type}", place)],
                8 => _code.FreshVector(kind, 2, $"ld.{space}.v2.{type}", place),
                _ => _code.FreshVector(kind, 4, $"ld.{space}.v4.{type}", place),
            };
            foreach (int distance in distances.Where(d => d >= start && d < start + size).Distinct())
                Give(distance, Element(raw, words[(distance - start) / 4], 8 * ((distance - start) % 4)));
        }

        return results;

        void Give(int distance, PtxRegister value)
        {
            if (into is not null)
                _code.Move(into[distance], value, _code.Position - 1);
            results[distance] = value;
        }
    }

    private PtxRegister ReadShared(RawType raw, PtxAddress place) =>
        raw == RawType.F32 ? _code.Fresh(PtxOperandKind.F32, "ld.shared.f32", place) : _code.Fresh(PtxOperandKind.B32, "ld.shared.b32", place);

    // The greatest aligned pieces that begin and end at elements and hold at least two of them, and what is left one by one.
    private static IEnumerable<(int Start, int Size)> Chunks(int[] distances, int bytes, int alignment)
    {
        int end = distances[distances.Length - 1] + bytes;
        for (int i = 0; i < distances.Length;)
        {
            int start = distances[i], size = Math.Max(bytes, MostBytes);
            while (size > bytes && ((start & (size - 1)) != 0 || 1 << Math.Min(alignment, 4) < size || start + size > end
                || distances.Count(d => d >= start && d < start + size) * bytes * 2 <= size))
                size /= 2;
            yield return (start, size);
            while (i < distances.Length && distances[i] < start + size)
                i++;
        }
    }

    // An element of a word, at a bit; the word itself where it is one.
    private PtxRegister Element(RawType raw, PtxRegister word, int bit) => raw switch
    {
        RawType.U8 => _code.Fresh(PtxOperandKind.B32, "bfe.u32", word, Literal(bit), Literal(8)),
        RawType.I8 => _code.Fresh(PtxOperandKind.B32, "bfe.s32", word, Literal(bit), Literal(8)),
        RawType.U16 or RawType.BF16 => _code.Fresh(PtxOperandKind.B32, "bfe.u32", word, Literal(bit), Literal(16)),
        RawType.I16 => _code.Fresh(PtxOperandKind.B32, "bfe.s32", word, Literal(bit), Literal(16)),
        RawType.F16 => _code.Fresh(PtxOperandKind.B16, "cvt.u16.u32", bit == 0 ? word : _code.Fresh(PtxOperandKind.B32, "shr.u32", word, Literal(bit))),
        _ => word,
    };
}
