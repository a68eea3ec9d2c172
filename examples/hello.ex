# Says hello, in Elixir.
#
# Shows that any language of the BEAM will do: protocols, pipes and strings below are Elixir's own
# compiled code. Run it, with Elixir's library on the path:
#     elixirc -o examples examples/hello.ex
#     lam run -pa "$(elixir -e 'IO.write(:code.lib_dir(:elixir, :ebin))')" examples/Elixir.Hello.beam
defmodule Hello do
  def main do
    IO.puts("Hello from Elixir!")

    ~w(the little actor machine)
    |> Enum.map(&String.capitalize/1)
    |> Enum.join(" ")
    |> IO.puts()

    squares = for n <- 1..5, do: n * n
    IO.puts("squares: #{inspect(squares)}, their sum: #{Enum.sum(squares)}")
  end
end
