"""Writes the texts that tokenizers are timed with, from what every .NET SDK has and from this repository:
    python3 bench/peers/texts.py OUTDIR
english.txt  prose of the reference packs' documentation, without its markup, each line once
code.txt     this repository's C#
cjk.txt      the SDK's messages in Chinese, Japanese and Korean, each line once
spaces.txt, same-letter.txt, letters.txt, marks.txt   a million spaces, of 'a', of drawn letters without a space, and of punctuation
"""
import glob, html, os, random, re, subprocess, sys

out = sys.argv[1]
os.makedirs(out, exist_ok=True)
root = os.path.dirname(os.path.realpath(subprocess.run(["which", "dotnet"], capture_output=True, text=True, check=True).stdout.strip()))


def write(name, text):
    with open(os.path.join(out, name), "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    print(f"{name}: {len(text.encode())} bytes")


lines = {}
for path in sorted(glob.glob(f"{root}/packs/Microsoft.NETCore.App.Ref/*/ref/*/*.xml")):
    text = open(path, encoding="utf-8").read()
    text = re.sub(r"<code.*?</code>", "", text, flags=re.S)
    text = re.sub(r'<(?:see|paramref|typeparamref|xref) [^>]*?(?:cref|name|langword)="(?:.:)?([^"]*)"[^>]*/>', lambda m: m[1].split("(")[0].split(".")[-1], text)
    for line in html.unescape(re.sub(r"<[^>]*>", "", text)).split("\n"):
        line = line.strip()
        if len(line.split()) >= 5 and line.isascii():
            lines[line] = True
write("english.txt", "\n".join(lines) + "\n")

here = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../..")
sources = [path for folder in ("src", "tests") for path in sorted(glob.glob(f"{here}/{folder}/**/*.cs", recursive=True)) if "/obj/" not in path and "/bin/" not in path]
write("code.txt", "".join(open(path, encoding="utf-8-sig").read() for path in sources))

lines = {}
for language in ("zh-Hans", "ja", "ko"):
    for path in sorted(glob.glob(f"{root}/sdk/*/{language}/*.resources.dll")):
        for line in re.split(r"[\x00-\x1f\ufffd]", open(path, "rb").read().decode("utf-8", "replace")):
            if sum(c >= "\u3000" for c in line) > len(line) / 2 and len(line) >= 20:
                lines[line] = True
write("cjk.txt", "\n".join(lines) + "\n")

draw = random.Random(11)
million = 1_000_000
write("spaces.txt", " " * million)
write("same-letter.txt", "a" * million)
write("letters.txt", "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=million)))
write("marks.txt", "".join(draw.choices("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", k=million)))
