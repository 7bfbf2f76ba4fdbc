// The web page: the views with a navigation, each at an address of its own.
import '../style/tokens.css';
import '../style/parts.css';
import './page.css';
import { render } from 'preact';
import { Page } from './page';
import { followTheme } from './theme';

followTheme();
render(<Page />, document.getElementById('page')!);
