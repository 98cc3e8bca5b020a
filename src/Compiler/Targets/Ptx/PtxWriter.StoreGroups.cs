using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ptx;

/// <content>Neighbours written together, as they are read.</content>
internal sealed partial class PtxWriter
{
    // How many statements from one on write neighbours: 1, or a number that vectors are made of.
    private static int StoreRun(IReadOnlyList<Stmt> statements, int first)
    {
        int count = 0;
        (string Group, int Distance)? start = null;
        while (first + count < statements.Count && PlaceOf(statements[first + count]) is var (group, distance)
            && (start is not var (known, from) || (group == known && distance == from + count)))
        {
            start ??= (group, distance);
            count++;
        }

        return count >= 8 ? 8 : count >= 4 ? 4 : count >= 2 ? 2 : 1;
    }

    // What is written must not be read in between.
    private static (string Group, int Distance)? PlaceOf(Stmt statement)
    {
        if (CodeWalk.Expressions(statement).Any(e => e is LoadLocal or LoadView))
            return null;
        switch (statement)
        {
            case StoreLocal store:
                (Expr index, int distance) = Apart(store.Index);
                return ($"{store.Buffer.Name} {CodePrinter.Text(index)}", distance);
            case StoreView { Guard: null } store:
                (Expr last, int further) = Apart(store.Indices[store.Indices.Length - 1]);
                string rest = string.Join(", ", store.Indices.AsEnumerable().Take(store.Indices.Length - 1).Select(CodePrinter.Text));
                return ($"view {store.View} {rest} {CodePrinter.Text(last)}", further);
            default:
                return null;
        }
    }

    private void StoreTogether(Stmt[] stores)
    {
        if (stores[0] is StoreLocal { Buffer: var buffer, Index: var index })
        {
            PtxRegister[] values = [.. stores.Select(s => InRegister(Value(((StoreLocal)s).Value)))];
            PtxAddress place = Indexed(Place(buffer), index, 4);
            WriteTogether(values, values[0].Kind == PtxOperandKind.F32 ? "st.shared.f32" : "st.shared.b32", 4, place, place.Alignment);
            return;
        }

        var first = (StoreView)stores[0];
        int bytes = first.Element.Bytes;
        PtxRegister[] rounded = [.. stores.Select(s => Rounded(first.Element, Value(((StoreView)s).Value)))];
        PtxRegister row = Row(first.View, first.Indices);
        Expr last = first.Indices[first.Indices.Length - 1];
        PtxAddress address = Indexed(row, last, bytes);
        (Expr moving, int distance) = Apart(last);
        int alignment = Math.Min(Literal(MostBytes).Alignment, Math.Min(Value(moving).Alignment, Literal(distance).Alignment) + Literal(bytes).Alignment);
        string opcode = StoreOf(first.Element);
        if (alignment <= address.Alignment || bytes * stores.Length < 4 || alignment < 2)
        {
            WriteTogether(rounded, opcode, bytes, address, address.Alignment);
            return;
        }

        PtxName apart = _code.NewLabel(), end = _code.NewLabel();
        PtxRegister isAligned = IsAligned(row, alignment);
        _code.Enter(isBranch: true);
        WriteTogether(rounded, opcode, bytes, address, alignment);
        List<PtxLine> together = _code.Leave();
        _code.DoIf(isAligned, true, "bra", apart);
        _code.Append(together);
        _code.Do("bra", end);
        _code.Append(new PtxLabel(apart));
        WriteTogether(rounded, opcode, bytes, address, Literal(bytes).Alignment);
        _code.Append(new PtxLabel(end));
    }

    private void WriteTogether(PtxRegister[] values, string opcode, int bytes, PtxAddress address, int alignment)
    {
        int size = Math.Min(1 << Math.Min(alignment, 4), bytes * values.Length);
        if (size < 4 || bytes == size)
        {
            for (int i = 0; i < values.Length; i++)
                _code.Do(opcode, address.Plus(i * bytes), values[i]);
            return;
        }

        int each = Math.Min(4, size) / bytes;
        PtxRegister[] words = [.. Enumerable.Range(0, values.Length / each).Select(w => Word([.. values.Skip(w * each).Take(each)]))];
        string space = address.Kind == PtxOperandKind.SharedAddress ? "shared" : "global", type = words[0].Kind == PtxOperandKind.F32 ? "f32" : "b32";
        for (int i = 0; i < words.Length; i += size / 4)
        {
            PtxRegister[] vector = [.. words.Skip(i).Take(size / 4)];
            PtxAddress place = address.Plus(4 * i);
            if (vector.Length == 1)
                _code.Do($"st.{space}.{type}", place, vector[0]);
            else
                _code.Do($"st.{space}.v{Int(vector.Length)}.{type}", place, new PtxVector(vector));
        }
    }

    // One, two or four elements as one word, the first in its lowest bits.
    private PtxRegister Word(PtxRegister[] parts)
    {
        if (parts.Length == 1)
            return parts[0];
        PtxRegister[] bits = [.. parts.Select(p => p.Kind == PtxOperandKind.B16 ? _code.Pure(PtxOperandKind.B32, "cvt.u32.u16", p) : p)];
        return parts.Length == 2 ? Pair(bits[0], bits[1], 0x5410) : Pair(Pair(bits[0], bits[1], 0x40), Pair(bits[2], bits[3], 0x40), 0x5410);

        PtxRegister Pair(PtxRegister low, PtxRegister high, int bytes) => _code.Pure(PtxOperandKind.B32, "prmt.b32", low, high, Literal(bytes));
    }
}
